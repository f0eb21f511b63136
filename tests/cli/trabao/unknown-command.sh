trabao serch --db a.trabao

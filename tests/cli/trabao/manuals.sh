# The manuals know every option that --help lists.
manuals=$SAMPLES/../..
for command in index remove search export stats suggest analyze check serve; do
    trabao $command --help | sed -nE 's/^ +(-[a-z], )?--([a-z-]+).*/\2/p' | grep -vx usage | while read -r option; do
        grep -qE "Fl -$option( |\$)" "$manuals/query/trabao.1" "$manuals/server/trabao-serve.8" ||
            echo "$command --$option is in no manual"
    done
done

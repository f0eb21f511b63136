# Every command has its own help on stdout, naming itself and its options, and nothing on stderr.
for command in index remove search serve check stats export analyze; do
    trabao $command --help >help || echo "$command --help: status $?"
    head -n 1 help
    [ "$command" = analyze ] || grep -q -- '--db=FILE' help || echo "$command: does not name --db"
done

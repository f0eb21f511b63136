#!/usr/bin/env bash
# Prints the files of the tree, a path a line: what git knows or would add, or, without git, all but what was built.
set -euo pipefail
git ls-files --cached --others --exclude-standard 2>/dev/null | while read -r file; do
    [ ! -f "$file" ] || echo "$file"
done | grep . && exit
find . -type f -not -path './.git/*' -not -path './build/*' -not -path '*/node_modules/*' | sed 's|^\./||'

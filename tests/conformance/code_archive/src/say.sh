#!/bin/sh
printf "from %s: %s" "$(basename "$0")" "$(cat hello.txt)" > "$1"

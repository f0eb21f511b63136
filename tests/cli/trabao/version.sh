# The version is that of the public header.
version=$(sed -n 's/^#define TRABAO_VERSION "\(.*\)"/\1/p' "$SAMPLES/../../query/trabao.h")
[ "$(trabao --version)" = "trabao $version" ]

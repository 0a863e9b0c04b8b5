#!/bin/sh
# Installs the S3 server that the tests talk to (versitygw, by Go's module proxy) outside of the
# checkout, once, and prints where it is: `sh deploy/s3_server.sh`. It takes some minutes.
set -eu

version=v1.8.0
folder=${STORYBEAM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/storybeam}/versitygw-$version

if [ ! -x "$folder/versitygw" ]; then
    command -v go >/dev/null || {
        echo "The S3 server is built by Go (1.24 or later), which is not installed." >&2
        exit 1
    }
    echo "Building versitygw $version in $folder: once, some minutes." >&2
    mkdir -p "$folder"
    GOBIN="$folder" CGO_ENABLED=0 go install "github.com/versity/versitygw/cmd/versitygw@$version"
fi
echo "$folder/versitygw"

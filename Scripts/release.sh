#!/bin/sh
# Builds the artefacts of a release from a clean clone of HEAD (docs/release.md).
# Usage: release.sh build DIST             builds DIST/arbor-ledger and packages it into DIST/artefacts
#        release.sh package DIST OUTPUT    packages DIST/arbor-ledger
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
action=$1
mkdir -p "$2"
dist=$(realpath "$2")
source=$dist/source scratch=$dist/swift libraries=$dist/libraries mimalloc=$dist/mimalloc

package() {
    COMMIT=$(git -C "$source" rev-parse HEAD) SOURCE_DATE_EPOCH=$(git -C "$source" log -1 --format=%ct) \
        python3 -B "$source/Scripts/release/package.py" "$source" "$scratch" "$libraries" "$mimalloc/source" \
        "$dist/arbor-ledger" "$1"
}

if [ "$action" = package ]; then
    package "$3"
    exit
fi

sh "$here/Scripts/setup.sh" binutils dpkg-dev libdeflate-tools python3 xz-utils
unset $(git rev-parse --local-env-vars)
[ -z "$(git -C "$here" status --porcelain)" ] || echo "Uncommitted changes are not in the release."
if [ -d "$source" ]; then
    git -C "$source" fetch -q "$here" HEAD
else
    git clone -q --no-checkout "$here" "$source"
    git -C "$source" fetch -q "$here" HEAD
fi
git -C "$source" checkout -q --force --detach FETCH_HEAD
git -C "$source" clean -qffd

# Debian has no archive of mimalloc, so it is compiled from Debian's source package. apt verifies it by Debian's key; its
# lists are kept here, so neither root nor a change of the machine's settings is needed.
if [ ! -f "$mimalloc/mimalloc.o" ]; then
    rm -rf "$mimalloc"
    mkdir -p "$mimalloc/state/lists/partial" "$mimalloc/cache/archives/partial"
    . /etc/os-release
    cat >"$mimalloc/sources.list" <<END
deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${DEBIAN_MIRROR:-http://deb.debian.org/debian} $VERSION_CODENAME main
END
    (
        cd "$mimalloc"
        apt() {
            apt-get -q -o Dir::Etc::SourceList="$mimalloc/sources.list" -o Dir::Etc::SourceParts=/dev/null \
                -o Dir::State="$mimalloc/state" -o Dir::Cache="$mimalloc/cache" -o APT::Sandbox::User= "$@"
        }
        apt update
        apt source --download-only mimalloc
        # apt has compared the files with the signed list; dpkg-source would need the maintainer's own key.
        dpkg-source --no-check -x ./*.dsc source
        # All of mimalloc in one object that defines malloc and free.
        clang -O3 -DNDEBUG -DMI_MALLOC_OVERRIDE -fPIC -fvisibility=hidden -ftls-model=initial-exec -fno-builtin-malloc -w \
            -Isource/include -c source/src/static.c -o mimalloc.o
    )
fi

# A folder in which the linker finds archives before it finds shared libraries. libgit2's archive is Debian's, so it is
# the same code, with the same security fixes, that the tests run.
rm -rf "$libraries"
mkdir -p "$libraries/pkgconfig"
for name in git2 pcre2-8 http_parser mbedcrypto z yaml stdc++ gcc gcc_eh; do
    archive=$(clang -print-file-name="lib$name.a")
    [ -f "$archive" ] || { echo "lib$name.a is missing" >&2; exit 1; }
    realpath "$archive" >>"$libraries/archives"
    ln -s "$archive" "$libraries/"
done
# A linker script that loads the object. The linker hides the symbols of archives (--exclude-libs), but libc must see this
# malloc. Its `new` and `delete` are made local, because libstdc++ has them too; those call malloc.
objcopy --wildcard --localize-symbol '_Zn*' --localize-symbol '_Zd*' "$mimalloc/mimalloc.o" "$libraries/mimalloc.o"
echo "INPUT($libraries/mimalloc.o)" >"$libraries/libmimalloc.a"
cat >"$libraries/pkgconfig/libgit2.pc" <<END
Name: libgit2
Description: libgit2 as an archive, without network
Version: $(pkg-config --modversion libgit2)
Libs: -L$libraries -lgit2 -lpcre2-8 -lhttp_parser -lmbedcrypto -lz
END
cat >"$libraries/pkgconfig/yaml-0.1.pc" <<END
Name: libyaml
Description: libyaml as an archive
Version: $(pkg-config --modversion yaml-0.1)
Libs: -L$libraries -lyaml
END

# Sections per function let the linker drop what is not called and merge what is equal (no code compares addresses of
# functions). The prefix map keeps this folder out of the binary.
PKG_CONFIG_PATH="$libraries/pkgconfig" swift build -c release --static-swift-stdlib --product arbor-ledger \
    --package-path "$source" --scratch-path "$scratch" \
    -Xcc -ffunction-sections -Xcc -fdata-sections -Xcc "-ffile-prefix-map=$dist=." \
    -Xswiftc -Xfrontend -Xswiftc -function-sections -Xswiftc -file-prefix-map -Xswiftc "$dist=." \
    -Xswiftc -Xclang-linker -Xswiftc -static-libgcc \
    -Xlinker -s -Xlinker --no-export-dynamic -Xlinker --icf=all
cp "$(PKG_CONFIG_PATH="$libraries/pkgconfig" swift build -c release --static-swift-stdlib --show-bin-path \
    --package-path "$source" --scratch-path "$scratch")/arbor-ledger" "$dist/arbor-ledger"
package "$dist/artefacts"
ls -l "$dist/artefacts"

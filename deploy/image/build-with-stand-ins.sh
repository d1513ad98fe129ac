#!/usr/bin/env bash
# Builds the image from the real Dockerfile where no registry of images can be reached, and tells where it is.
#
#   build-with-stand-ins.sh STORAGE [amd64|arm64]
#
# STORAGE is a folder of its own for buildah's images; `build-with-stand-ins.sh STORAGE clean` empties and removes it.
# Prints IMAGE=, ROOTFS= (the image's files, mounted) and CONFIG= (buildah's JSON about it).
#
# What stands in for what:
#   mcr.microsoft.com/dotnet/sdk:10.0                      an empty image, into which this machine's /usr (with the .NET SDK, its shell and its time
#                                                          zones) is mounted read-only during the build;
#   mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled    an image of what that one is made of: glibc, libgcc, libstdc++, OpenSSL, CA certificates, the
#                                                          user 1654 and .NET's runtimes, without shell, but Debian's builds of the libraries instead of
#                                                          Ubuntu 24.04's. For arm64 only the user and the folders: that image can be looked at, not run.
# Everything else is the real thing: the Dockerfile, its restore in locked mode, its last stage, its labels. This machine's folder of NuGet packages is
# lent to the build, so that it does not fetch them again, and its NuGet.Config is the secret of the Dockerfile.
#
# Needs root and buildah.
set -euo pipefail
storage=${1:?folder for images} arch=${2:-amd64}
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
mkdir -p "$storage"
storage=$(cd "$storage" && pwd)
work=$storage/work

# Messages go to standard error: the answer is on standard output. Without TMPDIR buildah would put copies of layers under /var/tmp.
buildah() { TMPDIR=$work command buildah --root "$storage/root" --runroot "$storage/runroot" --storage-driver vfs "$@"; }

if [ "$arch" = clean ]; then
    mkdir -p "$work"
    [ ! -d "$storage/root" ] || buildah umount --all >/dev/null 2>&1 || true
    rm -rf "$storage"
    exit 0
fi

case $arch in
    amd64) triple=x86_64-linux-gnu loader=ld-linux-x86-64.so.2 loader_folder=lib64 ;;
    arm64) triple=aarch64-linux-gnu loader=ld-linux-aarch64.so.1 loader_folder=lib ;;
    *) echo "No image for '$arch'." >&2; exit 2 ;;
esac
dotnet_root=$(dirname "$(readlink -f "$(command -v dotnet)")")
packages=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: *//; s,/$,,')
mkdir -p "$work" "$packages"

# The last stage's base.
base=$work/base-$arch
rm -rf "$base"
mkdir -p "$base"/{etc/ssl/certs,home/app,tmp,usr/bin,usr/lib/$triple,usr/lib64,usr/share/dotnet/shared,proc,sys,dev}
ln -s usr/bin "$base/bin"
ln -s usr/lib "$base/lib"
ln -s usr/lib64 "$base/lib64"
chmod 1777 "$base/tmp"
chown 1654:1654 "$base/home/app"
printf 'root:x:0:0:root:/root:/bin/false\napp:x:1654:1654::/home/app:/bin/false\n' > "$base/etc/passwd"
printf 'root:x:0:\napp:x:1654:\n' > "$base/etc/group"
cp -L /etc/ssl/certs/ca-certificates.crt "$base/etc/ssl/certs/"

libraries_from() {
    local name
    for name in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libresolv.so.2 libnss_dns.so.2 libnss_files.so.2 libgcc_s.so.1 libstdc++.so.6 libssl.so.3 libcrypto.so.3; do
        if [ -e "$1/lib/$triple/$name" ]; then
            cp -L "$1/lib/$triple/$name" "$base/usr/lib/$triple/"
        else
            cp -L "$1/usr/lib/$triple/$name" "$base/usr/lib/$triple/"
        fi
    done
    cp -L "$1/lib/$triple/$loader" "$base/usr/$loader_folder/"
}

if [ "$arch" = amd64 ]; then
    libraries_from ""
    cp "$dotnet_root/dotnet" "$base/usr/share/dotnet/"
    mkdir -p "$base/usr/share/dotnet/host/fxr"
    cp -r "$(ls -d "$dotnet_root"/host/fxr/10.* | sort -V | tail -n 1)" "$base/usr/share/dotnet/host/fxr/"
    for framework in Microsoft.NETCore.App Microsoft.AspNetCore.App; do
        mkdir "$base/usr/share/dotnet/shared/$framework"
        cp -r "$(ls -d "$dotnet_root/shared/$framework"/10.* | sort -V | tail -n 1)" "$base/usr/share/dotnet/shared/$framework/"
    done
    ln -s ../share/dotnet/dotnet "$base/usr/bin/dotnet"
fi
cat > "$work/Dockerfile.base" <<'END'
FROM scratch
COPY . /
ENV APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080 DOTNET_RUNNING_IN_CONTAINER=true DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER $APP_UID
END
buildah bud --isolation chroot --platform "linux/$arch" --timestamp 0 --file "$work/Dockerfile.base" --tag "localhost/stand-in/aspnet-$arch" "$base" >&2
rm -rf "$base"

# The build stage's base.
sdk=$work/sdk
rm -rf "$sdk"
mkdir -p "$sdk"/{usr,etc/ssl,tmp,root,src,out}
for folder in bin lib lib64 sbin; do ln -s "usr/$folder" "$sdk/$folder"; done
printf 'root:x:0:0:root:/root:/bin/sh\n' > "$sdk/etc/passwd"
cat > "$work/Dockerfile.sdk" <<'END'
FROM scratch
ARG DOTNET_ROOT
COPY . /
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true HOME=/root PATH=$DOTNET_ROOT:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
END
# Marked as of the target's architecture, which it holds nothing of: this buildah (1.28) does not fill in BUILDPLATFORM, and would look for it elsewhere.
buildah bud --isolation chroot --platform "linux/$arch" --build-arg "DOTNET_ROOT=$dotnet_root" --file "$work/Dockerfile.sdk" --tag localhost/stand-in/sdk "$sdk" >&2

# The image.
lent=(--volume /usr:/usr:ro --volume /etc/ssl:/etc/ssl:ro --volume "$packages:/root/.nuget/packages:rw")
case $dotnet_root in /usr/*) ;; *) lent+=(--volume "$dotnet_root:$dotnet_root:ro") ;; esac
config=${NUGET_CONFIG:-$HOME/.nuget/NuGet/NuGet.Config}
[ ! -f "$config" ] || lent+=(--secret "id=nuget,src=$config")
revision=$(git -C "$repository" rev-parse HEAD 2>/dev/null || true)
version=$(sed -n 's:.*<VersionPrefix>\(.*\)</VersionPrefix>.*:\1:p' "$repository/Directory.Build.props")
stamp=()
if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
    stamp=(--timestamp "$SOURCE_DATE_EPOCH" --label "org.opencontainers.image.created=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)")
fi
buildah bud --isolation chroot --network host --platform "linux/$arch" "${lent[@]}" "${stamp[@]}" \
    --build-arg SDK_IMAGE=localhost/stand-in/sdk --build-arg "RUNTIME_IMAGE=localhost/stand-in/aspnet-$arch" \
    --build-arg "REVISION=$revision" --build-arg "VERSION=$version" \
    --file "$repository/Dockerfile" --tag "localhost/canal-bridge:$arch" "$repository" >&2

container=$(buildah from --pull-never "localhost/canal-bridge:$arch")
buildah inspect --type image "localhost/canal-bridge:$arch" > "$work/config-$arch.json"
echo "IMAGE=localhost/canal-bridge:$arch"
echo "ROOTFS=$(buildah mount "$container")"
echo "CONFIG=$work/config-$arch.json"

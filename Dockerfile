# The bridge as a container image, for linux/amd64 and linux/arm64: docs/image.md.
# The build stage runs on the builder's own architecture and compiles for the target's; nothing of the target is run during the build.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled

FROM --platform=$BUILDPLATFORM ${SDK_IMAGE} AS build
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NUGET_XMLDOC_MODE=skip
WORKDIR /src

# A layer of its own: packages are fetched again only when a project file or a lock file changes.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/Directory.Build.props src/Directory.Build.targets src/
COPY src/Bridge/Bridge.csproj src/Bridge/packages.lock.json src/Bridge/
COPY src/Canal.Client/Canal.Client.csproj src/Canal.Client/packages.lock.json src/Canal.Client/
COPY src/Canal.Client.Testing/Canal.Client.Testing.csproj src/Canal.Client.Testing/packages.lock.json src/Canal.Client.Testing/
COPY src/Serialization/Serialization.csproj src/Serialization/packages.lock.json src/Serialization/
# For both architectures: a runtime identifier at restore would be asked of the libraries' lock files too, which have none.
# The secret is optional: a NuGet.Config for who builds behind a package mirror. It stays out of the layer.
RUN --mount=type=secret,id=nuget,target=/root/.nuget/NuGet/NuGet.Config \
    dotnet restore src/Bridge/Bridge.csproj --locked-mode -p:EnableAppHostPackDownload=true

COPY proto proto
COPY src src
COPY deploy/image/image.targets deploy/image/
ARG TARGETARCH
ARG REVISION=
ARG VERSION=
# The analysers have run in CI. An absolute path: the property is read by every project.
RUN case "$TARGETARCH" in amd64) rid=linux-x64 ;; arm64) rid=linux-arm64 ;; *) echo "No image for '$TARGETARCH'." >&2; exit 1 ;; esac \
    && dotnet publish src/Bridge/Bridge.csproj --no-restore --configuration Release --runtime "$rid" --no-self-contained --output /out/app \
      -p:CustomAfterMicrosoftCommonTargets=/src/deploy/image/image.targets -p:RunAnalyzers=false -p:PublishDocumentationFiles=false \
      -p:SourceRevisionId="$REVISION" ${VERSION:+-p:Version=$VERSION} -nodeReuse:false -p:UseSharedCompilation=false

# The chiseled image has no time zones, and its "-extra" sibling brings ICU with them, which nothing here uses.
RUN mkdir -p /out/share && cp -r /usr/share/zoneinfo /out/share/zoneinfo \
    && rm -rf /out/share/zoneinfo/posix /out/share/zoneinfo/right /out/share/zoneinfo/localtime /out/share/zoneinfo/posixrules

# Away from /src: Directory.Build.props is not for it.
COPY deploy/image/sbom.cs /sbom/
COPY LICENSE /out/app/
RUN dotnet run --file /sbom/sbom.cs -- /out/app /root/.nuget/packages /out/share/zoneinfo

FROM ${RUNTIME_IMAGE}
ARG REVISION=
ARG VERSION=
ARG SOURCE_URL=
LABEL org.opencontainers.image.title="canal-bridge" \
      org.opencontainers.image.description="Row changes from Alibaba Canal to Kafka, exactly once, as Debezium's records" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="$SOURCE_URL" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      io.canal-bridge.sbom="/app/sbom.cdx.json" \
      io.canal-bridge.sbom.format="application/vnd.cyclonedx+json; version=1.6"
# Owned by root, so that the process could not change its own program even where the root is writable.
COPY --from=build /out/share/zoneinfo /usr/share/zoneinfo
COPY --from=build /out/app /app
# The base names a port for web servers; the bridge has its own option, Http:Port.
ENV ASPNETCORE_HTTP_PORTS=
WORKDIR /app
# 1654 in the .NET images: a number, so that runAsNonRoot can be checked.
USER $APP_UID
ENTRYPOINT ["/app/canal-bridge"]

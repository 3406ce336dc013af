/// Returns the workflows that `init` writes: the gate, and what publishes the atlas. They call the action and the component
/// of this repository, so that what they do is in one place.
func workflowTemplate(auditBranch: String) -> [(path: String, text: String)] {
    [
        (
            ".github/workflows/ledger.yml",
            #"""
            # The gate: git runs no hook for rebases and cherry-picks, and `--no-verify` skips hooks; this checks every push.
            # Replace OWNER by the owner of a repository with arbor-ledger. A commit instead of the tag pins the program too.
            name: ledger
            on:
              push: {branches: [\#(auditBranch)]}
              pull_request:
              merge_group:
            permissions: {contents: read}
            jobs:
              check:
                runs-on: ubuntu-latest # not a machine of your own: code from forks runs here
                timeout-minutes: 30
                steps:
                  - uses: actions/checkout@v4
                    with: {fetch-depth: 0, persist-credentials: false} # ranges and audit salts need the whole history
                  - uses: OWNER/arbor-ledger@v\#(toolVersion)
                    with: {command: gate, report: ledger.sarif}
                  - uses: actions/upload-artifact@v4
                    if: always() && github.event_name == 'push' && vars.CODE_SCANNING == 'on'
                    with: {name: sarif, path: ledger.sarif, retention-days: 1}
              # Shows errors and warnings of the audit branch under Security > Code scanning, if the variable CODE_SCANNING of the
              # repository is `on`. Only this job may write alerts, and it runs no code of a contributor.
              alerts:
                if: always() && github.event_name == 'push' && vars.CODE_SCANNING == 'on'
                needs: check
                runs-on: ubuntu-latest
                timeout-minutes: 15
                permissions: {actions: read, contents: read, security-events: write}
                steps:
                  - uses: actions/download-artifact@v4
                    with: {name: sarif}
                  - uses: github/codeql-action/upload-sarif@v4
                    with: {sarif_file: ledger.sarif}

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
            jobs:
              # The comment is made by another workflow, because a fork's token can only read.
              preview:
                if: github.event_name == 'pull_request'
                runs-on: ubuntu-latest # not a machine of your own: code from forks runs here
                timeout-minutes: 30
                steps:
                  - uses: actions/checkout@v4
                    with: {fetch-depth: 0, persist-credentials: false} # audit salts need the whole history
                  - uses: OWNER/arbor-ledger@v\#(toolVersion)
                    with: {command: preview}
                  - uses: actions/upload-artifact@v4
                    with: {name: preview, path: preview.txt, retention-days: 7}
              build:
                runs-on: ubuntu-latest # not a machine of your own: code from forks runs here
                timeout-minutes: 60
                steps:
                  - uses: actions/checkout@v4
                    with: {fetch-depth: 0, persist-credentials: false} # the time line needs the whole history
                  - uses: OWNER/arbor-ledger@v\#(toolVersion)
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
            # Writes what a pull request would change as a comment. It runs from the default branch, because code of a fork must not
            # hold a token that can write.
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
                steps:
                  - uses: OWNER/arbor-ledger@v\#(toolVersion)
                    with: {command: comment, token: "${{ github.token }}"}

            """#
        ),
        (
            ".gitlab-ci.yml",
            #"""
            # The gate, the atlas on GitLab Pages for every push, and for merge requests a preview of what they change.
            # Replace OWNER by the group with arbor-ledger's repository on this GitLab. A commit instead of the tag pins the program too.
            include:
              - component: $CI_SERVER_FQDN/OWNER/arbor-ledger/ledger@v\#(toolVersion)

            """#
        ),
    ]
}

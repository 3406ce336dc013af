# Makes the environment of tests and benchmarks of the atlas, and sets `python`. Installs Debian's Chromium, and Playwright
# and axe from PyPI.
sh Scripts/setup.sh chromium fonts-dejavu-core fonts-noto-core python3-venv
venv=.build/atlas-venv
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
cmp -s Tests/atlas/requirements.txt "$venv/requirements.txt" || {
    "$venv/bin/pip" install -q -r Tests/atlas/requirements.txt
    cp Tests/atlas/requirements.txt "$venv/requirements.txt"
}
python=$venv/bin/python
export PYTHONDONTWRITEBYTECODE=1

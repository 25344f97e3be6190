#!/usr/bin/env bash
# Fetches the vendored packages by name and version, makes the one rewrite, draws the icon sprite
# and writes SHA256SUMS. Needs npm and python3. Run it in this folder.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d); trap 'rm -r "$work"' EXIT
packages=(bootstrap@5.3.9 bootstrap-icons@1.13.2 preact@11.2.0 htm@3.1.1 @preact/signals-core@1.14.5 uplot@1.6.32
  marked@18.2.1 dompurify@3.5.0)
for package in "${packages[@]}"; do (cd "$work" && tar xzf "$(npm pack --silent "$package")" && mv package "$(echo "$package" | tr '/@' '__')"); done
put() { cp "$work/$1" "$2"; }
put bootstrap_5.3.9/dist/css/bootstrap.min.css bootstrap-5.3.9.min.css
put bootstrap_5.3.9/LICENSE bootstrap.LICENSE
put preact_11.2.0/dist/preact.mjs preact-11.2.0.js
put preact_11.2.0/hooks/dist/hooks.mjs preact-hooks-11.2.0.js
put preact_11.2.0/LICENSE preact.LICENSE
put htm_3.1.1/dist/htm.mjs htm-3.1.1.js
put htm_3.1.1/LICENSE htm.LICENSE
put _preact_signals-core_1.14.5/dist/signals-core.mjs signals-core-1.14.5.js
put _preact_signals-core_1.14.5/LICENSE signals-core.LICENSE
put uplot_1.6.32/dist/uPlot.iife.min.js uplot-1.6.32.iife.min.js
put uplot_1.6.32/dist/uPlot.min.css uplot-1.6.32.min.css
put uplot_1.6.32/LICENSE uplot.LICENSE
put marked_18.2.1/lib/marked.esm.js marked-18.2.1.js
put marked_18.2.1/LICENSE marked.LICENSE
put dompurify_3.5.0/dist/purify.es.mjs dompurify-3.5.0.js
put dompurify_3.5.0/LICENSE dompurify.LICENSE
put bootstrap-icons_1.13.2/LICENSE bootstrap-icons.LICENSE
# The browser knows no bare names.
sed -i -E 's#from ?"preact"#from"./preact-11.2.0.js"#' preact-hooks-11.2.0.js
sed -i -E '/^\/\/# sourceMappingURL=/d; s#//\# sourceMappingURL=.*$##' ./*.js
sed -i -E 's#/\*\# sourceMappingURL=[^*]*\*/##' ./*.css
python3 icons.py "$work/bootstrap-icons_1.13.2/icons" > ../icons.svg
sha256sum -- *.css *.js *.LICENSE ../icons.svg > SHA256SUMS

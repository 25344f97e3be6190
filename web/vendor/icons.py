"""Draws the sprite of the icons that the page uses, and our own three-bar cost level."""
import re
import sys
from pathlib import Path

ICONS = """activity arrow-clockwise arrow-down arrow-left arrow-repeat arrows-collapse bar-chart-line box-arrow-in-right box-arrow-right box-arrow-up-right
broadcast calendar3 check-circle-fill check-lg chevron-down chevron-left chevron-right chevron-up circle circle-half clock-history coin copy database
diagram-2-fill diagram-3 download eraser exclamation-circle exclamation-triangle-fill eye-slash file-earmark filetype-json funnel grid-1x2 heart-pulse
hourglass-split image inbox info-circle journal-text keyboard layers lightbulb list-ul markdown paperclip person question-circle record-circle-fill
robot search send signpost-split slash-circle sliders sort-down sort-up speedometer2 stop-circle table three-dots tools translate trash3 wifi-off
x-circle-fill x-lg x-octagon-fill""".split()

print('<svg xmlns="http://www.w3.org/2000/svg">')
for name in ICONS:
    svg = (Path(sys.argv[1]) / f"{name}.svg").read_text()
    inner = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.S).group(1).strip()
    print(f'<symbol id="{name}" viewBox="0 0 16 16">{inner}</symbol>')
for level in (1, 2, 3):
    bars = [(1, 10, 5), (6.5, 6, 9), (12, 2, 13)]
    faint = ' opacity=".28"'
    shapes = "".join(
        f'<rect x="{x}" y="{y}" width="3.5" height="{h}" rx="1"{"" if place < level else faint}/>'
        for place, (x, y, h) in enumerate(bars)
    )
    print(f'<symbol id="level-{level}" viewBox="0 0 16 16">{shapes}</symbol>')
print("</svg>")

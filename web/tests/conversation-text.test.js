// Texts in pieces, lines for heads, and what Markdown may become.
import "./globals.js";
import assert from "node:assert/strict";
import test from "node:test";

const { pieces, line, has } = await import("../lib/conversation-text.js");
const { isMarkdown, isSafeLink, LONGEST, toHtml } = await import("../lib/markdown.js");

test("what is found, masked or turns directions is a piece of its own", () => {
  assert.deepEqual(pieces("plain"), [{ text: "plain" }]);
  assert.deepEqual(pieces(""), []);
  assert.deepEqual(pieces("Back-off and back-OFF.", "back-off"), [
    { hit: "Back-off" },
    { text: " and " },
    { hit: "back-OFF" },
    { text: "." },
  ]);
  assert.deepEqual(pieces("key [masked:api-key] end"), [{ text: "key " }, { masked: "api-key" }, { text: " end" }]);
  assert.deepEqual(pieces("a\u202Eb\u2066"), [
    { text: "a" },
    { control: "U+202E" },
    { text: "b" },
    { control: "U+2066" },
  ]);
  assert.deepEqual(pieces("[masked:<b>] [masked:]"), [{ text: "[masked:<b>] [masked:]" }], "no rule, no mask");
});

test("a query is text, not a pattern, whatever is in it", () => {
  for (const query of [".*", "(", "[a-", "\\", "a|b", "$&", "{2}", "/", "-", "ſ", "𝒳"])
    assert.deepEqual(pieces(`x ${query} y`, query), [{ text: "x " }, { hit: query }, { text: " y" }], query);
});

test("a line has no controls and no breaks", () => {
  assert.equal(line("a\u202Eb\n\tc\u2069"), "ab c");
  assert.equal(line("x".repeat(5000)).length, 300);
  assert.equal(line(null), "");
  assert.ok(has("Hello", "HELL") && !has("Hello", "") && !has(null, "x"));
});

test("markup of a transcript is text", () => {
  for (const text of [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a <b onclick=x>b</b>",
    "<!-- c --><?php ?><![CDATA[x]]>",
    "<svg/onload=x>",
    "[a](javascript:alert(1)) ![b](data:image/svg+xml,x)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "```<img>\n<img src=x>\n```",
    '[a](https://x.y/"onmouseover="z)',
  ]) {
    const tags = [...toHtml(text).matchAll(/<\/?([a-z0-9]+)([^>]*)>/gi)];
    for (const [, name, rest] of tags) {
      assert.match(name, /^(p|pre|code|a|br|h3)$/, text);
      assert.doesNotMatch(rest.replace(/href="[^"]*"/, ""), /\S/, text);
      assert.doesNotMatch(rest, /javascript:|data:/i, text);
    }
  }
});

test("links go to the web or to a mailbox", () => {
  for (const href of ["https://a.b", "HTTP://a", "mailto:a@b"]) assert.ok(isSafeLink(href), href);
  for (const href of [
    "javascript:x",
    " javascript:x",
    "data:x",
    "file:///x",
    "//a.b",
    "/x",
    "#x",
    "",
    null,
    "vbscript:x",
  ])
    assert.ok(!isSafeLink(href), String(href));
});

test("pictures are links, boxes are signs, headings do not disturb those of the page", () => {
  assert.equal(toHtml("![a](https://x.y/z.png)"), '<p><a href="https://x.y/z.png">a</a></p>\n');
  assert.match(toHtml("- [x] a\n- [ ] b"), /☑ a[^]*☐ b/);
  assert.equal(toHtml("# a"), "<h3>a</h3>");
});

test("a long text is shown as it is written, and no text takes the parser seconds", () => {
  assert.ok(isMarkdown("x".repeat(LONGEST)) && !isMarkdown("x".repeat(LONGEST + 1)));
  for (const part of ["*_a", "***a** ", "a*", "[", "![", "`a ", "<a ", "[a](", "~~a "]) {
    const from = performance.now();
    try {
      toHtml(part.repeat(Math.floor(LONGEST / part.length)));
    } catch (error) {
      assert.match(error.message, /emphasis/);
    }
    assert.ok(performance.now() - from < 5000, part);
  }
});

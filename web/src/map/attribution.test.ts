import { expect, test } from "vitest";
import { attributionHtml } from "./attribution";

test("the attribution that tile providers require keeps its link", () => {
  const osm = '&copy; <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a> contributors';
  expect(attributionHtml(osm)).toBe(
    '© <a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noopener noreferrer">OpenStreetMap</a> contributors',
  );
});

test("two links, other attributes and an address with a query are unchanged", () => {
  const html = attributionHtml(
    "<a class='x' href='http://a.example/?q=1&amp;r=2'>A &amp; B</a> | <A HREF=\"https://b.example\">B</A>",
  );
  expect(html.match(/<a /g)).toHaveLength(2);
  expect(html).toContain('href="http://a.example/?q=1&#38;r=2"');
  expect(html).toContain(">A &#38; B</a> | <a ");
});

test.each([
  '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '<a href="javascript:alert(1)">x</a>',
  '<a href="data:text/html,x">x</a>',
  '<a href="https://a.example" ><img src=x onerror=alert(1)></a>',
  "&lt;script&gt;",
  "<svg/onload=alert(1)>",
  '<a href="https://a.example/" onclick="x"<b>',
])("%s is shown as text", (hostile) => expect(attributionHtml(hostile)).not.toContain("<"));

test("an attribute of a link is dropped, and its address cannot end early", () => {
  const html = attributionHtml('<a href="https://a.example/" onclick="alert(1)" style="position:fixed">x</a>');
  expect(html).toBe('<a href="https://a.example/" target="_blank" rel="noopener noreferrer">x</a>');
});

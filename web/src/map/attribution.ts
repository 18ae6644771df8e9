// The attribution of the tiles as safe HTML: text, and links to http and https addresses. The author of the resource is
// not trusted to put other HTML on the page: a `<meta http-equiv=refresh>` sends every viewer to another site, and no
// content security policy prevents it.
const LINK = /<a\s[^<>]*?\bhref=(["'])(https?:\/\/[^"'<>\s]+)\1[^<>]*>([^<>]*)<\/a>/gi;
const ENTITIES: Readonly<Record<string, string>> = {
  "&copy;": "©",
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&nbsp;": "\u00a0",
};

/** Returns HTML that shows the text. Links stay links; every other tag is displayed as plain text. */
export function attributionHtml(attribution: string): string {
  let html = "";
  let end = 0;
  for (const link of attribution.matchAll(LINK)) {
    const [whole, , href = "", label = ""] = link;
    html += escaped(attribution.slice(end, link.index));
    html += `<a href="${escaped(href)}" target="_blank" rel="noopener noreferrer">${escaped(label)}</a>`;
    end = link.index + whole.length;
  }
  return html + escaped(attribution.slice(end));
}

function escaped(text: string): string {
  const plain = text.replace(/&(copy|amp|lt|gt|quot|#39|nbsp);/g, (entity) => ENTITIES[entity] ?? entity);
  return plain.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

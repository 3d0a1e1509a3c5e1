/** What keeps names and headlines from configs out of the page's own code. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML content and quoted attributes. Control characters that HTML forbids become the replacement mark. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character])
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd'); // oxlint-disable-line no-control-regex
}

/** JSON for a `<script>` element: no `<`, and none of the two line ends that old JavaScript parsers trip over. */
export function escapeJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, '\\u003c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}

/** JavaScript for a `<script>` element: the sequences that would end it or comment out its end are broken up. */
export function escapeScript(code: string): string {
  return code.replace(/<(\/script)/gi, '<\\$1').replace(/<!--/g, '<\\!--');
}

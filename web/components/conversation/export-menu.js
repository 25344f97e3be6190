// The whole conversation as a file, in one of two forms.
import { html } from "../../lib/html.js";
import { t } from "../../lib/i18n.js";
import { Icon } from "../icon.js";
import { Menu } from "../session/menu.js";

export function ExportMenu({ path, installation }) {
  const link = (format, icon, close) => {
    const query = new URLSearchParams({ format, ...(installation && { installation }) });
    return html`<a role="menuitem" href=${`${path}/export?${query}`} download onClick=${close}>
      <${Icon} name=${icon} />${t(`convExport_${format}`)}
    </a>`;
  };
  return html`<${Menu} icon="download" name=${t("convExportTitle")} word=${t("convExport")} look="fd-btn fd-btn--ghost fd-tabs__x">
    ${(close) => [link("markdown", "markdown", close), link("json", "filetype-json", close)]}
  <//>`;
}

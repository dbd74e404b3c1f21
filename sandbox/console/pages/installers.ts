import { installerVariants, type InstallerVariant } from '../../../samples/installers/make-installer.ts';
import { html, type Html } from '../html.ts';
import { form, type ConsoleVendors, type Page, type PageRequest, type PageRoute } from '../page.ts';
import { refused } from '../refused.ts';
import { createSocUploads, type SocUpload } from '../soc-uploads.ts';
import { moment } from './ticket-parts.ts';

const explanations: Readonly<Record<InstallerVariant, string>> = {
  good: 'good: installs and runs',
  'syntax-error': 'syntax-error: bash -n refuses it',
  'fails-install': 'fails-install: ends with exit code 3',
  'hostile-output': 'hostile-output: prints control characters and fails',
  hangs: 'hangs: never ends',
  'service-dies': 'service-dies: its service ends at once',
  'wrong-version': 'wrong-version: reports another version',
};

/** SOC's part of a promotion: an installer in the bucket, put there by sam. */
export function installerRoutes(vendors: ConsoleVendors): PageRoute[] {
  const uploads = createSocUploads(vendors.aws);
  const { bucket } = vendors.aws.provisioned.accounts.soc;

  const show = (request: PageRequest): Page => ({
    ...{ path: '/installers', title: 'Installers' },
    fixed: html`${uploadForm(request, bucket)}${uploadTable(uploads.list())}`,
  });

  async function upload(request: PageRequest) {
    const variant = installerVariants.find((name) => name === request.form.get('variant')) ?? 'good';
    try {
      await uploads.upload((request.form.get('version') ?? '').trim(), variant);
    } catch (error) {
      return { ...show(request), ...refused(error) };
    }
    return { redirect: '/installers' };
  }

  return [
    { method: 'GET', path: /^\/installers$/, handle: show },
    { method: 'POST', path: /^\/installers$/, handle: upload },
  ];
}

function uploadForm(request: PageRequest, bucket: string): Html {
  const chosen = request.form.get('variant') ?? 'good';
  const content = html`<div class="field">
      <label for="version">Version</label>
      <input
        id="version"
        name="version"
        value="${request.form.get('version') ?? ''}"
        placeholder="1.4.2"
        autocomplete="off"
        required
      />
    </div>
    <div class="field">
      <label for="variant">Variant</label>
      <select id="variant" name="variant">
        ${installerVariants.map(
          (variant) =>
            html`<option value="${variant}" ${variant === chosen ? html`selected` : ''}>
              ${explanations[variant]}
            </option>`,
        )}
      </select>
    </div>
    <button>Upload as Sam Okafor</button>`;
  return html`<div class="card">
    <p>
      Makes a sample installer and puts it into SOC’s bucket <code>${bucket}</code> with Sam’s own
      credentials.
    </p>
    ${form(request, '/installers', content)}
  </div>`;
}

function uploadTable(uploads: readonly SocUpload[]): Html {
  if (uploads.length === 0) return html`<p class="empty">Nothing was uploaded from this console yet.</p>`;
  return html`<h2>Uploaded from this console</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">When (UTC)</th>
            <th scope="col">Object</th>
            <th scope="col">Variant</th>
            <th scope="col" class="number">Bytes</th>
            <th scope="col">Version id</th>
          </tr>
        </thead>
        <tbody>
          ${uploads.map(
            (upload) =>
              html`<tr>
                <td>${moment(upload.at)}</td>
                <td><code>${upload.key}</code></td>
                <td>${upload.variant}</td>
                <td class="number">${upload.size}</td>
                <td><code>${upload.versionId}</code></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

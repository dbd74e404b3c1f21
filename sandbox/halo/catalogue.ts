import { hex, uuidOf } from './scramble.ts';

const libraries = (
  'libgcrypt20 openssl libssl1.1 curl libcurl4 bash glibc libc6 zlib1g sudo openssh-server openssh-client python2.7 python3.8 perl-base ' +
  'systemd libsystemd0 udev dbus gnupg gpgv libxml2 libxslt1.1 sqlite3 libsqlite3-0 nginx apache2 httpd php7.4-cli ruby2.7 nodejs java-11-openjdk ' +
  'tomcat9 postgresql-12 mysql-client redis-server vim-minimal tar gzip bzip2 xz-utils wget rsync git libtiff5 libpng16-16 libjpeg62 ' +
  'freetype imagemagick bind9-host dhcp-common dnsmasq ntp chrony samba-common krb5-libs nss nspr linux-image-generic kernel ' +
  'kernel-tools microcode-ctl'
).split(' ');

const architectures = ['amd64', 'x86_64', 'noarch'];

export interface PackageRule {
  readonly name: string;
  readonly version: string;
}

/** Of `sva`: the rule key holds no number, only the package. */
export const packages: readonly PackageRule[] = libraries.map((library, n) => ({
  name: `${library}${n % 2 === 0 ? ':' : '.'}${architectures[n % architectures.length] ?? ''}`,
  version: `${n % 9}.${(n * 7) % 23}.${(n * 3) % 11}-${(n % 5) + 1}.el7`,
}));

export interface PolicyRule {
  readonly number: number;
  readonly name: string;
  readonly target: string;
  readonly description: string;
}

const subjects = (
  'separate partition exists for /var/log|audit configuration is immutable|SSH root login is disabled|password expiration is 90 days or less|' +
  "core dumps are restricted|IP forwarding is disabled|all users' home directories exist|permissions on /etc/shadow are configured|rsyslog is enabled|" +
  'cron daemon is enabled|mounting of cramfs filesystems is disabled|sticky bit is set on all world-writable directories|prelink is disabled'
).split('|');

const benchmark = 'CIS Benchmark for Ubuntu Linux 16.04 LTS v1.1';

const configurationRules: readonly PolicyRule[] = Array.from({ length: 79 }, (_, n) => {
  const name = `${1 + (n % 6)}.${1 + (n % 4)}.${n + 1} Ensure ${subjects[n % subjects.length] ?? ''}`;
  const description = `${name.slice(name.indexOf(' ') + 1)}.\\n\\nRationale: see ${benchmark}, section ${name.split(' ')[0] ?? ''}.`;
  return {
    number: 3_330_000 + n * 37,
    name,
    target: n % 2 === 0 ? '/etc/fstab' : '/etc/ssh/sshd_config',
    description,
  };
});

const files = (
  '/etc/passwd /etc/shadow /etc/sudoers /etc/hosts /etc/aliases.db /etc/ssh/sshd_config /etc/crontab /bin/ls /bin/login /sbin/init /usr/bin/sudo ' +
  '/usr/sbin/sshd /etc/pam.d /lib/modules /boot/grub/grub.cfg /etc/ld.so.conf /root/.ssh /etc/rc.local /etc/profile'
).split(' ');

const eventRules = (
  'Software was installed|Software was removed|Multiple failed logins|Root login over SSH|New user was created|Sudo failure|Kernel module loaded|' +
  'Firewall was stopped|Log file was cleared|Cron table was changed|SELinux was disabled|Out of memory|Segmentation fault'
).split('|');

const named = (first: number, names: readonly string[]): PolicyRule[] =>
  names.map((name, n) => ({ number: first + n * 11, name, target: name, description: `Watches ${name}` }));

/** Rules by content. An asset takes them in turn: it breaks one twice only when it has more issues than there are rules. */
export const policyRules = {
  csm: configurationRules,
  fim: named(41_000, files),
  lids: named(306_251, eventRules),
  sam: named(1, ['Account without password', 'Account never used', 'Account with a weak shell']),
  fw: named(1, ['Firewall policy differs', 'Firewall log limit reached', 'Firewall is off']),
  agent: named(1, ['Agent is compromised', 'Agent is out of date', 'Agent does not answer']),
} as const;

export const policyNames: Readonly<Record<keyof typeof policyRules, string>> = {
  csm: benchmark,
  fim: 'Core files (Linux) v2',
  lids: 'Core System (Ubuntu) v1',
  sam: 'Accounts v1',
  fw: 'noaccess-lin',
  agent: 'Agent health',
};

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly path: string;
}

const units = ['Payments', 'Platform', 'Data', 'Retail', 'Corporate IT'];
const tiers = ['Production', 'Staging', 'Development', 'DMZ'];
const clusters = ['Web', 'Docker Hosts'];

/** Forty groups, three levels below the account. */
export const groups: readonly Group[] = units.flatMap((unit, u) =>
  tiers.flatMap((tier, t) =>
    clusters.map((cluster, c) => {
      const name = `${unit.slice(0, 3).toUpperCase()} ${cluster}`;
      return { id: uuidOf(0, u * 100 + t * 10 + c, 9), name, path: `Example Corp/${unit}/${tier}/${name}` };
    }),
  ),
);

export interface Cve {
  readonly id: string;
  readonly score: number;
}

const cvePool = 2_000;

/** The pool that `sva` draws from; the same for every seed. */
export const cves: readonly Cve[] = Array.from({ length: cvePool }, (_, n) => ({
  id: `CVE-${2012 + (n % 13)}-${1000 + n * 7}`,
  score: Math.round(20 + ((n * 7919) % 80)) / 10,
}));

export const cvesById: ReadonlyMap<string, Cve> = new Map(cves.map((cve) => [cve.id, cve]));

export const policyIdOf = (content: keyof typeof policyRules): string =>
  uuidOf(0, content.charCodeAt(0) * 256 + content.charCodeAt(1), 8);

export const sha256Like = (a: number, b: number): string =>
  Array.from({ length: 8 }, (_, n) => hex(Math.imul(a + n * 31, b + n * 17 + 1) >>> 0, 8)).join('');

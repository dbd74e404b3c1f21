/** One reason why a Terraform plan is risky. Values of attributes are never in it. */
export interface PlanReason {
  /** `module.db.aws_iam_role.app["a"]`, at most 300 characters. */
  readonly address: string;
  /** Path of the attribute, `policy`; null: the resource as a whole. */
  readonly attribute: string | null;
  /** Id of the rule, built in or of the installation: `delete`, `iam`, `policy-attribute`, `security-group` … */
  readonly rule: string;
  readonly reason: string;
}

/** What `lockkeeper plan-risk` and `lockkeeper gate plan` make of a plan's JSON, small enough to travel. */
export interface PlanReport {
  /** SHA-256, hex, of the normalised plan: what a re-plan without difference keeps (C-42…C-44). */
  readonly digest: string;
  /** SHA-256, hex, of the file's bytes. */
  readonly fileDigest: string;
  readonly formatVersion: string;
  readonly terraformVersion: string | null;
  readonly risky: boolean;
  readonly counts: {
    readonly create: number;
    readonly update: number;
    readonly delete: number;
    readonly replace: number;
    readonly other: number;
    readonly unchanged: number;
  };
  /** At most 100; `moreReasons` counts the rest. */
  readonly reasons: readonly PlanReason[];
  readonly moreReasons: number;
}

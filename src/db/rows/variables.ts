import type { Generated } from 'kysely';
import type { Bit } from './column.ts';

/** A variable of a project, of a group, or with neither of the server. */
export interface CiVariables {
  id: Generated<number>;
  project_id: number | null;
  namespace_id: number | null;
  key: string;
  /** Encrypted. */
  value: string;
  /** env_var | file */
  variable_type: string;
  /** Only jobs of protected refs get it. */
  protected: Bit;
  masked: Bit;
  /** Its value is never shown again. */
  hidden: Bit;
  raw: Bit;
  environment_scope: string;
  description: string | null;
}

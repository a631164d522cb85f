import type { Generated } from 'kysely';

/** What is stored. */
export type StorageKind = 'artifacts' | 'traces';

/** For how long a project keeps what it makes; null: for ever, unless the server says otherwise. */
export interface RetentionSettings {
  ci_delete_pipelines_in_seconds: Generated<number | null>;
  ci_delete_pipelines_above_count: Generated<number | null>;
  ci_delete_traces_in_seconds: Generated<number | null>;
  ci_delete_traces_above_count: Generated<number | null>;
  ci_delete_artifacts_in_seconds: Generated<number | null>;
  ci_delete_artifacts_above_count: Generated<number | null>;
}

/** How much a project stores, but for what `storage_changes` still holds. */
export interface ProjectStatistics {
  project_id: number;
  kind: StorageKind;
  /** Bytes. */
  size: number;
  count: number;
}

/** What has come or, negative, gone and is not in `project_statistics` yet. */
export interface StorageChanges extends ProjectStatistics {
  id: Generated<number>;
}

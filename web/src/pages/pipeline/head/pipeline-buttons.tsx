import { Ban, EllipsisVertical, Pencil, RotateCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { addresses } from '../../../address/addresses.ts';
import type { PipelineGraph } from '../../../api/schema.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Confirm } from '../../../ui/confirm.tsx';
import { Menu, MenuItem } from '../../../ui/menu.tsx';
import { useToasts } from '../../../ui/toasts.tsx';
import { deletePipeline, usePipelineActions } from '../actions.ts';
import { Rename } from './rename.tsx';

/** A button for each thing that this person may do with the pipeline now. */
export function PipelineButtons({ fullPath, graph }: { fullPath: string; graph: PipelineGraph }) {
  const { id, name } = graph.pipeline;
  const act = usePipelineActions(fullPath, id);
  const toasts = useToasts();
  const [, navigate] = useLocation();
  const [asked, setAsked] = useState<'delete' | 'rename' | null>(null);
  const may = (action: PipelineGraph['actions'][number]) => graph.actions.includes(action);
  const close = () => setAsked(null);
  // Waits in its question: this page goes with its pipeline, and whoever is refused is still here, and told why.
  const remove = async () => {
    await deletePipeline(fullPath, id);
    toasts.done(`Pipeline #${id} is deleted.`);
    navigate(addresses.pipelines(fullPath));
  };
  return (
    <>
      {may('retry') && (
        <Button icon={RotateCw} onClick={() => act('retry')}>
          Retry
        </Button>
      )}
      {may('cancel') && (
        <Button icon={Ban} onClick={() => act('cancel')}>
          Cancel
        </Button>
      )}
      {(may('rename') || may('delete')) && (
        <Menu trigger={<IconButton label="More actions" icon={EllipsisVertical} />}>
          {may('rename') && (
            <MenuItem icon={Pencil} onSelect={() => setAsked('rename')}>
              Rename
            </MenuItem>
          )}
          {may('delete') && (
            <MenuItem icon={Trash2} danger onSelect={() => setAsked('delete')}>
              Delete
            </MenuItem>
          )}
        </Menu>
      )}
      <Confirm
        open={asked === 'delete'}
        onClose={close}
        title={`Delete pipeline #${id}?`}
        confirm="Delete"
        danger
        onConfirm={remove}
      >
        Its jobs, their logs and their artifacts are deleted with it, and so are its child pipelines. This
        cannot be undone.
      </Confirm>
      <Rename
        open={asked === 'rename'}
        onClose={close}
        name={name ?? ''}
        rename={(next) => act({ name: next })}
      />
    </>
  );
}

import { Seen } from '../../../ui/name.tsx';
import { Cell, Row, Table, table } from '../../../ui/table.tsx';
import type { Configuration } from './queries.ts';

interface Props {
  inputs: NonNullable<Configuration['inputs']>;
  /** Each of the files that are named elsewhere is given something of its own. */
  namesFiles: boolean;
}

/** Characters of a value that are shown: more are of no use here. */
const MOST = 1000;

/** The values that whoever began the pipeline has given to its inputs; the others had their defaults. */
export function GivenInputs({ inputs, namesFiles }: Props) {
  return (
    <Table
      label="Inputs that this pipeline was given"
      head={['Input', 'Given value', ...(namesFiles ? ['File'] : [])]}
    >
      {inputs.map(({ name, value, file }) => {
        const text = typeof value === 'string' ? value : JSON.stringify(value);
        return (
          <Row key={`${file} ${name}`}>
            <Cell>
              <code>
                <Seen text={name} />
              </code>
            </Cell>
            <Cell>
              <code>
                {text === '' ? '""' : <Seen text={text.length > MOST ? `${text.slice(0, MOST)}…` : text} />}
              </code>
            </Cell>
            {namesFiles && (
              <Cell className={table.wide}>
                <code>
                  <Seen text={file} />
                </code>
              </Cell>
            )}
          </Row>
        );
      })}
    </Table>
  );
}

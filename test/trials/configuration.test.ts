import { drill, workspace } from '../fixtures/drill.ts';
import { trial } from './trial.ts';

trial('D2', () => drill(workspace(), '--repo', '9'));

import { createWorkerView } from '../../src/view/worker-view.js';
import { viewSuite } from './view-suite.js';

viewSuite('view in threads of its own', [4], (path) =>
  createWorkerView({
    path,
    onFailure: (error) => {
      throw error;
    },
  }),
);

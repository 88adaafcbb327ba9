import { createDirectView } from '../../src/view/direct-view.js';
import { viewSuite } from './view-suite.js';

viewSuite('view in the calling thread', [1, 2, 3], async (path) => createDirectView({ path }));

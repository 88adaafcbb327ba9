import { createDirectView } from '../../src/view/direct-view.js';
import { viewSuite } from './view-suite.js';

viewSuite('view in the calling thread', async (path) => createDirectView({ path }));

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = process.env['CAIRN_API'] ?? 'http://127.0.0.1:3000';

export default defineConfig({
  base: '/',
  plugins: [react()],
  resolve: { conditions: ['@cairn/source', 'module', 'browser', 'development|production'] },
  server: { host: '127.0.0.1', proxy: { '/api': api } },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // The contracts carry schemas that only services check; the screens use the timeline law alone, so the rest may be left out.
    rolldownOptions: { treeshake: { moduleSideEffects: [{ test: /libs[\\/]contracts[\\/]/, sideEffects: false }] } },
  },
});

import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

// Old Chromium is what many bureaus have. Nothing is inlined: the hub's policy lets no inline style or script run.
export default defineConfig({
  plugins: [vue({ features: { optionsAPI: false } })],
  build: { target: 'chrome70', assetsInlineLimit: 0, modulePreload: { polyfill: false }, manifest: 'manifest.json', reportCompressedSize: false, chunkSizeWarningLimit: 200 },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts'] },
});

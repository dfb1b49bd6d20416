import { createApp } from 'vue';
import App from './App.vue';
import { Problem, whoAmI } from './api';
import { router } from './router';
import './style.css';
import { preferred, saidOf, speak } from './words';

const pause = 2000;
begin().catch((error: unknown) => console.error(error));

async function begin(): Promise<void> {
  const speaking = speak(preferred());
  while (!(await isKnown(speaking))) await new Promise((later) => setTimeout(later, pause));
  await speaking;
  const app = createApp(App).use(router);
  await router.isReady();
  app.mount('#app');
}
/// Whether the hub said who is signed in, if anybody; else why not is shown.
async function isKnown(speaking: Promise<void>): Promise<boolean> {
  try {
    await whoAmI();
    return true;
  } catch (error) {
    await speaking;
    if (!(error instanceof Problem)) throw error;
    document.getElementById('app')!.textContent = saidOf(error);
    return false;
  }
}

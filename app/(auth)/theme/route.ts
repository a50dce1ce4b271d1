export { chooseTheme as POST } from '#lib/session/choose-theme.ts';

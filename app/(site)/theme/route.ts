export { chooseTheme as POST } from '#lib/session/theme.ts';

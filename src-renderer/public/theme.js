// Runs before the first paint: the theme chosen last time, so that the window never flashes in the other one.
{
  const chosen = localStorage.getItem('hearth-theme');
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light';
}

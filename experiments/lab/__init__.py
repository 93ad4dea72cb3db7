"""The lab: one local page to ask what a change does, which shows the numbers of `counterpoise`. Only this room needs NiceGUI."""

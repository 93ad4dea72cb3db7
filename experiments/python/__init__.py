"""What `import counterpoise` offers: the commands as functions that print nothing, write nothing unless asked, and return objects."""

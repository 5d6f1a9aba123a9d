// Browsers without modules cannot make the hash: say so, and what else one can do.
document.getElementById("maker").setAttribute("hidden", "hidden");
document.getElementById("maker").removeAttribute("data-needs-script");
document.getElementById("continue").removeAttribute("data-needs-script");
document.getElementById("cannot").removeAttribute("hidden");

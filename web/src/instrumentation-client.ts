// Next runs this before the page comes to life.
import "./flights/running";

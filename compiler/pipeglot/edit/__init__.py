"""Changes of the text of a pipeline that keep what people wrote: comments, anchors, blank lines, quotes."""

"""What a step's code already says, asked for by `records.capture`: a program that the step table brings."""

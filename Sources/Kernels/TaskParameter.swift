import KernelInterface

/// What a toy model is given to do: a condition that findings record, though the toy model knows but one task.
func taskParameter(_ task: String) -> Parameter {
    Parameter("task", .words([task]), default: task, "what the toy model is given to do")
}

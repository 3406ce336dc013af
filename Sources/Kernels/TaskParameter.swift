import KernelInterface

/// Returns the `task` condition of findings, whose only value is the task of the toy model.
func taskParameter(_ task: String) -> Parameter {
    Parameter("task", .words([task]), default: task, "what the toy model is given to do")
}

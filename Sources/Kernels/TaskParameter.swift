import KernelInterface

/// The `task` condition of findings, with the only task of the toy model.
func taskParameter(_ task: String) -> Parameter {
    Parameter("task", .words([task]), default: task, "what the toy model is given to do")
}

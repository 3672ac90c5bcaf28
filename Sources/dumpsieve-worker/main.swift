import Worker

WorkerProcess.run(arguments: CommandLine.arguments)

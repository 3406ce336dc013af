internal import CLibyaml

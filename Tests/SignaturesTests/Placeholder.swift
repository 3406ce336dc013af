import Signatures

variable "name" {
  description = "Name of the machine and prefix of everything else."
  type        = string
  default     = "bigchaindb"
}

variable "subnet_id" {
  description = "Subnet of the machine; its zone is the zone of the data volume."
  type        = string
}

variable "client_cidrs" {
  description = "Networks that reach API and event stream: your NGINX or balancer."
  type        = list(string)
}

variable "monitoring_cidrs" {
  description = "Networks that reach metrics and health: your Prometheus."
  type        = list(string)
  default     = []
}

variable "instance_type" {
  description = "Two cores and 2 GiB of memory or more."
  type        = string
  default     = "t3.medium"
}

variable "data_gib" {
  description = "Size of the data volume; a transaction takes about 2 kB."
  type        = number
  default     = 50
}

variable "release_url" {
  description = "Where the tarball of `npm pack` is."
  type        = string
}

variable "release_sha256" {
  description = "Its SHA-256, in hex."
  type        = string
}

variable "settings" {
  description = "Environment variables of settings, without secrets."
  type        = map(string)
  default = {
    BIGCHAINDB_SERVER_BIND     = "0.0.0.0:9984"
    BIGCHAINDB_WSSERVER_HOST   = "0.0.0.0"
    BIGCHAINDB_MANAGEMENT_BIND = "0.0.0.0:9986"
  }
}

# One member of one operator on AWS: a machine whose data volume outlives it, a bucket for copies, a role that may only
# write there. Clients reach it through the NGINX or balancer of your choice in `client_cidrs`.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60, < 7.0"
    }
  }
}

data "aws_ami" "debian" {
  most_recent = true
  owners      = ["136693071363"] # Debian's own account
  filter {
    name   = "name"
    values = ["debian-13-amd64-*"]
  }
}

data "aws_subnet" "this" {
  id = var.subnet_id
}

resource "aws_security_group" "node" {
  name_prefix = "${var.name}-"
  description = "A BigchainDB node"
  vpc_id      = data.aws_subnet.this.vpc_id
  tags        = { Name = var.name }
}

resource "aws_vpc_security_group_ingress_rule" "api" {
  for_each          = { for pair in setproduct(["9984", "9985"], var.client_cidrs) : join(" ", pair) => pair }
  security_group_id = aws_security_group.node.id
  description       = "API and event stream"
  cidr_ipv4         = each.value[1]
  from_port         = tonumber(each.value[0])
  to_port           = tonumber(each.value[0])
  ip_protocol       = "tcp"
}

resource "aws_vpc_security_group_ingress_rule" "management" {
  for_each          = toset(var.monitoring_cidrs)
  security_group_id = aws_security_group.node.id
  description       = "Metrics and health"
  cidr_ipv4         = each.value
  from_port         = 9986
  to_port           = 9986
  ip_protocol       = "tcp"
}

resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.node.id
  description       = "Packages, MongoDB, names, time"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

# Keys and ledger. It is never destroyed with the machine.
resource "aws_ebs_volume" "data" {
  availability_zone = data.aws_subnet.this.availability_zone
  size              = var.data_gib
  type              = "gp3"
  encrypted         = true
  tags              = { Name = "${var.name}-data" }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_volume_attachment" "data" {
  device_name                    = "/dev/sdf"
  volume_id                      = aws_ebs_volume.data.id
  instance_id                    = aws_instance.node.id
  stop_instance_before_detaching = true
}

resource "aws_instance" "node" {
  ami                         = data.aws_ami.debian.id
  instance_type               = var.instance_type
  subnet_id                   = var.subnet_id
  vpc_security_group_ids      = [aws_security_group.node.id]
  iam_instance_profile        = aws_iam_instance_profile.node.name
  user_data_replace_on_change = true
  user_data_base64 = base64gzip(templatefile("${path.module}/../../cloud-init/node.yaml", {
    release_url     = var.release_url
    release_sha256  = var.release_sha256
    settings_base64 = base64encode(join("\n", [for name, value in var.settings : "${name}=${value}"]))
    data_device     = "/dev/nvme1n1"
  }))

  metadata_options {
    http_tokens = "required"
  }
  root_block_device {
    encrypted = true
  }
  tags = { Name = var.name }

  lifecycle {
    # A newer image of Debian is no reason to replace a running member.
    ignore_changes = [ami]
  }
}

resource "aws_s3_bucket" "backup" {
  bucket_prefix = "${var.name}-backup-"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "backup" {
  bucket                  = aws_s3_bucket.backup.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "backup" {
  bucket = aws_s3_bucket.backup.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_iam_role" "node" {
  name_prefix = "${var.name}-"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

# It may add copies, not read or delete them: who takes the machine over does not get the past.
resource "aws_iam_role_policy" "backup" {
  role = aws_iam_role.node.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "s3:PutObject"
      Resource = "${aws_s3_bucket.backup.arn}/*"
    }]
  })
}

resource "aws_iam_instance_profile" "node" {
  name_prefix = "${var.name}-"
  role        = aws_iam_role.node.name
}

output "private_ip" {
  description = "Where NGINX, or the balancer, finds the node."
  value       = aws_instance.node.private_ip
}

output "backup_bucket" {
  description = "For AFTER of the backup unit: aws s3 cp --recursive."
  value       = aws_s3_bucket.backup.bucket
}

output "data_volume_id" {
  description = "The volume with key pair and ledger."
  value       = aws_ebs_volume.data.id
}
